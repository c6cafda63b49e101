// Loads a screen again whose script did not begin: it did not come, or the browser
// could not read it. Nobody stands at a screen to do that. The words of this file
// are those of ES5, so that every browser reads it (U11).

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
