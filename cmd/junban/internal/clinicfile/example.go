package clinicfile

import _ "embed"

// Example is the file of one clinic with every field and its explanation.
//
//go:embed testdata/clinic.yaml
var Example string
