// Reloads a screen whose script did not start, because it did not load or the browser
// could not parse it. This file is in ES5, so that every browser can parse it (U11).

(function () {
  var every = 60000; // ms
  function again() {
    if (document.documentElement.getAttribute("data-begun")) return;
    setTimeout(again, every);
    // An answer first: a screen must not end on the browser's own page.
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.onload = function () {
      if (request.status === 200) location.reload();
    };
    request.send();
  }
  setTimeout(again, every);
})();
