package snap

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What each part is mistaken for. The order is that of trying.

func (l *lab) otherMethods() []alternative {
	m := l.parts.Method
	out := []alternative{
		{strings.ToUpper(m), MethodCase, "the method was signed in capitals", true},
		{strings.ToLower(m), MethodCase, "the method was signed in small letters", true},
	}
	if m != "" {
		out = append(out, alternative{strings.ToUpper(m[:1]) + strings.ToLower(m[1:]), MethodCase, "the method was not signed in capitals", false})
	}
	for _, other := range verbs {
		out = append(out, alternative{other, OtherMethod, "another method was signed than is sent", false})
	}
	return out
}

var verbs = []string{"POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}

// gateways are the prefixes that providers' gateways take off or put on.
var gateways = []string{"/snap", "/gw", "/api", "/openapi", "/oauth", "/snap/gw"}

func (l *lab) otherPaths() []alternative {
	e := l.parts.Endpoint
	path, query, asks := strings.Cut(e, "?")
	tail := ""
	if asks {
		tail = "?" + query
	}
	var out []alternative
	if asks {
		out = append(out, alternative{path, Query, "the query string was left out", true})
		if values, err := url.ParseQuery(query); err == nil {
			out = append(out, alternative{path + "?" + values.Encode(), Query, "the query string was sorted or escaped anew", false})
		}
	}
	out = append(out, alternative{gateways[0] + e, PathPrefix, "the path was signed with " + gateways[0] + " before it", true})
	rest := path
	for i := range 3 {
		at := strings.IndexByte(strings.TrimPrefix(rest, "/"), '/')
		if at < 0 || rest == "" || rest[0] != '/' {
			break
		}
		cut := rest[:at+1]
		rest = rest[at+1:]
		out = append(out, alternative{rest + tail, PathPrefix, "the path was signed without " + path[:len(path)-len(rest)] + " before it", i == 0})
		for _, g := range gateways {
			if g != cut {
				out = append(out, alternative{g + rest + tail, PathPrefix, "the path was signed with " + g + " in place of " + path[:len(path)-len(rest)], false})
			}
		}
	}
	for _, g := range gateways[1:] {
		out = append(out, alternative{g + e, PathPrefix, "the path was signed with " + g + " before it", false})
	}
	if strings.HasSuffix(path, "/") {
		out = append(out, alternative{strings.TrimSuffix(path, "/") + tail, PathSlash, "the path was signed without its slash at the end", true})
	} else {
		out = append(out, alternative{path + "/" + tail, PathSlash, "the path was signed with a slash at its end", true})
	}
	out = append(out, alternative{strings.TrimPrefix(e, "/"), PathSlash, "the path was signed without its first slash", true})
	if plain, err := url.PathUnescape(e); err == nil {
		out = append(out, alternative{plain, PathEscaping, "the path was signed without its % escapes", false})
	}
	out = append(out,
		alternative{url.PathEscape(e), PathEscaping, "the path was signed with % escapes", false},
		alternative{url.QueryEscape(e), PathEscaping, "the path was signed with % escapes", false},
		alternative{strings.ToLower(e), OtherPath, "the path was signed in small letters", false})
	for _, other := range l.have.Endpoints {
		cause, detail := pathRelation(e, other)
		out = append(out, alternative{other, cause, detail, true})
		if at := afterHost(other); at > 0 {
			cause, detail = pathRelation(e, other[at:])
			out = append(out, alternative{other[at:], cause, detail, true})
		}
	}
	return out
}

// afterHost is where a URL's path begins, 0 for what is no URL.
func afterHost(s string) int {
	low := strings.ToLower(s)
	for _, scheme := range []string{"https://", "http://"} {
		if !strings.HasPrefix(low, scheme) {
			continue
		}
		if at := strings.IndexByte(s[len(scheme):], '/'); at >= 0 {
			return len(scheme) + at
		}
		return len(s)
	}
	return 0
}

// pathRelation names how another path differs from ours.
func pathRelation(ours, theirs string) (Cause, string) {
	if afterHost(theirs) > 0 {
		return PathHost, "scheme and host were signed before the path"
	}
	a, qa, askA := strings.Cut(ours, "?")
	b, qb, askB := strings.Cut(theirs, "?")
	switch {
	case a == b && askA && !askB:
		return Query, "the query string was left out"
	case a == b && !askA && askB:
		return Query, "a query string was signed that is not sent"
	case a == b && qa != qb:
		return Query, "another query string was signed"
	case strings.Trim(a, "/") == strings.Trim(b, "/"):
		return PathSlash, "the path was signed with other slashes at its ends"
	case b != "" && a != "" && strings.HasSuffix(b, a):
		return PathPrefix, "the path was signed with a prefix before it that is not sent"
	case strings.HasPrefix(b, "/") && strings.HasSuffix(a, b):
		return PathPrefix, "the path was signed without its prefix"
	case unescaped(a) == unescaped(b):
		return PathEscaping, "the path was signed with other % escapes"
	case strings.EqualFold(a, b):
		return OtherPath, "the path was signed in other letters, capital or small"
	case lastSegment(a) == lastSegment(b) && len(lastSegment(a)) > 3:
		return PathPrefix, "the path was signed with another prefix or version"
	}
	return OtherPath, "another path was signed than is sent"
}

func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func (l *lab) otherTokens() []alternative {
	t := l.parts.AccessToken
	out := []alternative{
		{"Bearer " + t, Bearer, `"Bearer " was signed before the token; the token alone belongs there`, true},
		{trimBearer(t), Bearer, `the token was signed without "Bearer ", which was given with it here`, true},
		{"bearer " + t, Bearer, `"bearer " was signed before the token; the token alone belongs there`, false},
		{"Bearer" + t, Bearer, `"Bearer" was signed before the token; the token alone belongs there`, false},
		{strings.TrimSpace(t), OtherToken, "the token was signed without the white space around it", false},
		{"", MissedPart, "the token was left empty", false},
	}
	for _, other := range l.have.AccessTokens {
		out = append(out, alternative{other, OtherToken, "another of the tokens was signed", true},
			alternative{"Bearer " + other, Bearer, `another of the tokens was signed, with "Bearer " before it`, false})
	}
	return out
}

func (l *lab) otherKeys() []alternative {
	k := l.parts.ClientKey
	out := []alternative{{strings.TrimSpace(k), OtherClientKey, "the client key was signed without the white space around it", true}}
	for _, id := range l.have.PartnerIDs {
		out = append(out, alternative{id, PartnerID, "the partner id was signed in the client key's place", true})
	}
	for _, other := range l.have.ClientKeys {
		out = append(out, alternative{other, OtherClientKey, "another of the client keys was signed", true})
	}
	if len(l.have.Secret) > 0 {
		out = append(out, alternative{string(l.have.Secret), SecretAsKey, "the client secret was signed in the client key's place", true})
	}
	return append(out,
		alternative{strings.ToLower(k), OtherClientKey, "the client key was signed in small letters", false},
		alternative{strings.ToUpper(k), OtherClientKey, "the client key was signed in capitals", false})
}

// maxSigned bounds the body that is tried in its digest's place, in bytes.
const maxSigned = 16 << 10

func (l *lab) otherDigests(minified []byte) []alternative {
	if d := l.parts.Digest; d != "" { // the body is not known
		return []alternative{
			{strings.ToUpper(d), DigestCase, "the body's digest was written in capitals; it belongs there in small letters", true},
			{Digest(nil), BodyEmpty, "the digest of nothing was signed", true},
			{"", MissedPart, "the body's digest was left empty; without a body it is that of nothing", false},
		}
	}
	var out []alternative
	right := sha256.Sum256(minified)
	for _, s := range spellings(l.parts.Body, minified) {
		out = append(out, alternative{Digest(s.body), s.cause, s.detail, s.likely})
	}
	lower := hex.EncodeToString(right[:])
	five, one, long := md5.Sum(minified), sha1.Sum(minified), sha512.Sum512(minified)
	out = append(out,
		alternative{strings.ToUpper(lower), DigestCase, "the body's digest was written in capitals; it belongs there in small letters", true},
		alternative{base64.StdEncoding.EncodeToString(right[:]), DigestEncoding, "the body's digest was written as base64; it belongs there as hex", true},
		alternative{base64.StdEncoding.EncodeToString([]byte(lower)), DigestEncoding, "the hex of the body's digest was written as base64", false},
		alternative{base64.URLEncoding.EncodeToString(right[:]), DigestEncoding, "the body's digest was written as base64 for URLs; it belongs there as hex", false},
		alternative{hex.EncodeToString(long[:]), DigestAlgorithm, "the body's digest is SHA-512; it has to be SHA-256", false},
		alternative{hex.EncodeToString(one[:]), DigestAlgorithm, "the body's digest is SHA-1; it has to be SHA-256", false},
		alternative{hex.EncodeToString(five[:]), DigestAlgorithm, "the body's digest is MD5; it has to be SHA-256", false},
		alternative{Digest([]byte(lower)), DigestAlgorithm, "the body was digested twice", false},
		alternative{"", MissedPart, "the body's digest was left empty; without a body it is that of nothing", false})
	if len(minified) <= maxSigned && len(l.parts.Body) <= maxSigned {
		out = append(out, alternative{string(minified), BodyNotDigested, "the body itself was signed, and not its digest", false},
			alternative{string(l.parts.Body), BodyNotDigested, "the body itself was signed, neither minified nor digested", false})
	}
	for _, other := range l.have.Bodies {
		out = append(out, alternative{Digest(other), OtherBody, "another of the bodies was signed", true})
		if m, err := Minify(other); err == nil {
			out = append(out, alternative{Digest(m), OtherBody, "another of the bodies was signed", true})
		}
	}
	return out
}

// stamps are the ways to write a time that are met with.
var stamps = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "20060102150405", "20060102T150405Z0700",
}

// jakarta is the zone that timestamps are written in, whatever a machine's own.
var jakarta = time.FixedZone("", 7*60*60)

// readStamp reads a timestamp however it is written; one without a zone is
// taken for Jakarta's.
func readStamp(s string) (time.Time, bool) {
	for _, layout := range stamps {
		if t, err := time.ParseInLocation(layout, s, jakarta); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch len(s) {
		case 10:
			return time.Unix(n, 0).In(jakarta), true
		case 13:
			return time.UnixMilli(n).In(jakarta), true
		}
	}
	return time.Time{}, false
}

func (l *lab) otherTimestamps() []alternative {
	var out []alternative
	for _, other := range l.have.Timestamps {
		cause, detail := stampRelation(l.parts.Timestamp, other)
		out = append(out, alternative{other, cause, detail, true})
	}
	t, ok := readStamp(l.parts.Timestamp)
	if !ok {
		return append(out, alternative{strings.TrimSpace(l.parts.Timestamp), TimestampFormat, "the timestamp was signed without the white space around it", true})
	}
	const plain, digits = "2006-01-02T15:04:05", "the same digits were signed under another time zone"
	local := t.Format(plain)
	zone := func(likely bool, value, detail string) {
		out = append(out, alternative{value, TimestampZone, detail, likely})
	}
	zone(true, t.UTC().Format(plain+"Z"), "the timestamp was signed in UTC, with Z")
	zone(true, local+"Z", digits+", Z")
	zone(true, t.In(jakarta).Format(time.RFC3339), "the timestamp was signed in Jakarta's time, +07:00")
	zone(true, local+"+07:00", digits+", +07:00")
	zone(false, t.UTC().Format(plain+"+07:00"), "UTC's digits were signed under Jakarta's zone, +07:00")
	zone(false, t.UTC().Format(plain+"+00:00"), "the timestamp was signed in UTC, with +00:00")
	for _, hours := range []int{8, 9} {
		name := fmt.Sprintf("+%02d:00", hours)
		zone(false, t.In(time.FixedZone("", hours*3600)).Format(plain)+name, "the timestamp was signed in another time zone, "+name)
		zone(false, local+name, digits+", "+name)
	}
	form := func(likely bool, at time.Time, layout, detail string) {
		out = append(out, alternative{at.Format(layout), TimestampFormat, detail, likely})
	}
	form(true, t, time.RFC3339, "the timestamp was signed without parts of a second")
	form(true, t, "2006-01-02T15:04:05.000Z07:00", "the timestamp was signed with milliseconds")
	form(false, t.UTC(), "2006-01-02T15:04:05.000Z", "the timestamp was signed in UTC and with milliseconds")
	form(false, t, "2006-01-02T15:04:05.000000Z07:00", "the timestamp was signed with microseconds")
	form(true, t, "2006-01-02T15:04:05-0700", "the timestamp's zone was signed without its colon")
	form(true, t, plain, "the timestamp was signed without its time zone")
	form(false, t, "2006-01-02 15:04:05", "the timestamp was signed with a space and without its time zone")
	form(false, t, "2006-01-02 15:04:05-07:00", "the timestamp was signed with a space in the place of T")
	form(false, t, "20060102150405", "the timestamp was signed as digits alone")
	for _, unix := range []int64{t.Unix(), t.UnixMilli()} {
		out = append(out, alternative{strconv.FormatInt(unix, 10), TimestampFormat, "the timestamp was signed as Unix time", false})
	}
	for _, s := range []int{1, -1, 2, -2} {
		out = append(out, alternative{t.Add(time.Duration(s) * time.Second).Format(time.RFC3339), OtherTimestamp,
			fmt.Sprintf("the timestamp was signed %+d s off: the clock was read twice", s), false})
	}
	return out
}

// stampRelation names how another timestamp differs from ours.
func stampRelation(ours, theirs string) (Cause, string) {
	a, okA := readStamp(ours)
	b, okB := readStamp(theirs)
	_, zoneA := a.Zone()
	_, zoneB := b.Zone()
	const plain = "20060102150405"
	switch {
	case !okA || !okB:
		return TimestampFormat, "the timestamp was signed in a form that is not read here"
	case zoneA != zoneB && a.Unix() == b.Unix():
		return TimestampZone, "the same time was signed in another time zone"
	case zoneA != zoneB && a.Format(plain) == b.Format(plain):
		return TimestampZone, "the same digits were signed under another time zone"
	case a.Unix() == b.Unix():
		return TimestampFormat, "the same time was signed in another form"
	case slices.Contains([]time.Duration{7 * time.Hour, -7 * time.Hour}, b.Truncate(time.Second).Sub(a.Truncate(time.Second))):
		return TimestampZone, "the timestamp was signed seven hours off: UTC's digits under Jakarta's zone, or the reverse"
	}
	return OtherTimestamp, "another timestamp was signed than is sent, " + b.Sub(a).String() + " off"
}
