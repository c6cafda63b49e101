package outbox

import "errors"

var errTodo = errors.New("outbox: not written yet")
