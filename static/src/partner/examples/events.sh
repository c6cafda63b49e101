# Every change as it comes, until you end it.
curl -sS -N -H 'Accept: text/event-stream' 'https://junban.example/v1/watch?topic=service:1234-1'
