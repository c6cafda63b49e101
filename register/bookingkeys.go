package register

import (
	"junban/queue"
	"junban/register/searchkey"
)

// keysOf are the keys by which a booking's patient is searched.
func keysOf(p queue.Patient) person {
	return personOf(searchkey.Name(p.Name), searchkey.Kana(p.Kana), searchkey.Phone(p.Phone), searchkey.Card(p.CardNumber))
}
