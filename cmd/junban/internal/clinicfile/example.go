package clinicfile

import _ "embed"

// Example is a file of one clinic with every field, explained.
//
//go:embed testdata/clinic.yaml
var Example string
