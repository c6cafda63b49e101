module junban

go 1.26.0

// The program.
require (
	github.com/alecthomas/kong v1.17.0 // Reads the command line, and has no dependencies of its own.
	github.com/alicebob/miniredis/v2 v2.40.0 // Serves the demo on a machine without redis-server.
	github.com/coder/websocket v1.8.15 // Does the WebSocket handshake, and reads and answers all but pongs; data frames are ours.
	github.com/goccy/go-yaml v1.19.2 // Reads clinics' files, and knows the line of every field for its errors.
	github.com/jackc/pgx/v5 v5.13.0 // Speaks to PostgreSQL, where several nodes share the register.
	github.com/julienschmidt/httprouter v1.3.0 // Routes requests.
	github.com/prometheus/client_golang v1.25.0 // Keeps and serves the metrics.
	github.com/redis/go-redis/v9 v9.23.0 // Speaks to Redis: alone, as a Cluster, behind Sentinels.
	github.com/wneessen/go-mail v0.8.1 // Writes mails, and speaks SMTP with TLS and logins, which net/smtp does no more.
	golang.org/x/crypto v0.58.0 // Has argon2id for the desk's passwords, and gets certificates by ACME. The standard library lacks both.
	golang.org/x/text v0.43.0 // Writes what differs only in width the same way, for the search, and the files of the books in CP932.
	modernc.org/sqlite v1.62.0 // Keeps the register in a file without cgo and without a server.
	rsc.io/qr v0.2.0 // Draws the code of the entrance sheet; small, and depends on nothing.
)

// Its pages and its tests; nothing of these is in the program.
require (
	github.com/anishathalye/porcupine v1.3.1 // Searches what many clients saw at once for an order in which it can have happened.
	github.com/chromedp/cdproto v0.159.0 // Names the browser's commands that chromedp has no word for.
	github.com/chromedp/chromedp v0.23.0 // Drives a real Chromium in the tests.
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // Takes the login of that server.
	github.com/emersion/go-smtp v0.26.0 // Receives mail over TLS with a login, which Debian's OpenSMTPD cannot do with OpenSSL 3.
	github.com/evanw/esbuild v0.28.2 // Bundles the pages without Node.
	github.com/getkin/kin-openapi v0.153.0 // Compares openapi.yaml with its standard, and the responses of the api tests with openapi.yaml.
	github.com/google/go-cmp v0.7.0 // Shows in what two values differ.
	github.com/makiuchi-d/gozxing v0.1.1 // Reads the code of the entrance sheet again, as a phone does.
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // Holds asyncapi.yaml to the schema of its standard.
	pgregory.net/rapid v1.3.0 // Plays random sequences and shrinks those that fail.
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/yuin/gopher-lua v1.1.1 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	honnef.co/go/tools v0.8.2 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

// Finds what vet does not.
tool honnef.co/go/tools/cmd/staticcheck
