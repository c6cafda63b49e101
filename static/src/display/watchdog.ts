// Reloads a screen whose script did not start, because it did not load or the browser
// could not parse it. This file is in ES5, so that every browser can parse it.

(function () {
  var every = 60000; // ms
  function again() {
    if (document.documentElement.getAttribute("data-begun")) return;
    setTimeout(again, every);
    // Waits for a response: a screen must not end on an error page of the browser.
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.onload = function () {
      if (request.status === 200) location.reload();
    };
    request.send();
  }
  setTimeout(again, every);
})();
