// The examples name this server, whatever address it was reached by.
for (const place of document.querySelectorAll('.origin')) {
  place.textContent = location.origin
}
