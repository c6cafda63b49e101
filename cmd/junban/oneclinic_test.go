package main

// one returns a valid clinic of five lines.
func one(id string) string {
	return "id: \"" + id + "\"\nname: 医院\nlisted: true\nservices: [{id: 1, name: 内科}]\nrooms: [{id: 1, name: 診察室, services: [1]}]\n"
}
