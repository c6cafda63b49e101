package wire

// Version answers GET /v1/version. A page of another build than Pages is an old one.
type Version struct {
	Pages string `json:"pages"`
}

// Pairing answers POST /v1/pairings: the code that a screen shows, and the token
// that it will have. The code lasts ten minutes.
type Pairing struct {
	Code  string `json:"code"` // six digits
	Token string `json:"token"`
	Link  string `json:"link"` // to the desk's page, with the code filled in
	QRCode
}

// QRCode is a link as a QR code, for SVG: black on a white square.
type QRCode struct {
	Size int    `json:"size"` // of the square, in units, the quiet zone included
	Path string `json:"path"` // of the black parts
}

// PairingState answers GET /v1/pairings/:code: whose screen it is by now.
type PairingState struct {
	Clinic string `json:"clinic,omitempty"` // absent: not paired yet
}

// ScreenSettings is what an admin sets of a screen.
type ScreenSettings struct {
	Name     string   `json:"name"`
	Services []string `json:"services"` // 情報番号 of those it shows; none: all
	Sound    bool     `json:"sound"`    // it announces calls
	Repeat   int      `json:"repeat"`   // how often a call is spoken, 1 to 3
	Also     string   `json:"also"`     // the second language of a call: "en"; "": none
}

// NewScreen lets the screen in that shows the code.
type NewScreen struct {
	Code string `json:"code"`
	ScreenSettings
}

// Screen is a paired screen, as its clinic's admins see it.
type Screen struct {
	ID string `json:"id"`
	ScreenSettings
	Browser string `json:"browser,omitempty"` // such as "Chrome"; absent: unknown
	System  string `json:"system,omitempty"`  // such as "Linux"; absent: unknown
	Address string `json:"address"`           // the network only, such as "192.0.2.*"
	Since   Time   `json:"since"`
	Seen    *Time  `json:"seen,omitempty"` // about half a minute old while it is on; absent: never
}

// Screens are a clinic's paired screens, by name: GET /v1/clinics/:clinic/screens.
type Screens struct {
	Screens []Screen `json:"screens"`
}

// OwnScreen answers GET /v1/clinics/:clinic/screen: what the screen that asks is
// to do.
type OwnScreen struct {
	ClinicName string `json:"clinicName"`
	Language   string `json:"language"` // of the page, as the clinic set it
	ScreenSettings
}
