# The board, once.
curl -sS https://junban.example/v1/services/1234-1/board

# Only if it has changed since: 304, and no body, where it has not.
curl -sS -D - -o /dev/null -H 'If-None-Match: W/"…"' https://junban.example/v1/services/1234-1/board
