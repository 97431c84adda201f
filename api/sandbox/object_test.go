package sandbox

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// plain is a decoded value as encoding/json has it.
func plain(value any) any {
	switch v := value.(type) {
	case object:
		all := map[string]any{}
		for _, name := range v.names {
			all[name] = plain(v.values[name])
		}
		return all
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return value
}

// FuzzDecodeObject: what is read is what encoding/json reads, in the order of
// the text; what it refuses is refused.
func FuzzDecodeObject(f *testing.F) {
	for _, body := range []string{
		``, ` `, `{}`, `{"a":1}`, `{"a":1}x`, `{"a":1} `, `[]`, `null`, `"a"`, `{"a":"b\"c\\","d\u0041":[1e5,-0.0,true,false,null,{}]}`,
		"\t{\r\n\"a\" : [ ] , \"b\" : { \"c\" : \"é\\ud83d\\ude00\\ud800\" } }\n", `{"a":1,"a":2}`, `{"a":{"b":1,"\u0062":2}}`, "{\"\xff\":1}",
		`{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`,
		`{"a":1,}`, `{"a"}`, `{1:2}`, `{"a":.5}`, `{"a":"` + "\x01" + `"}`, `{"":{"":""}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := decodeObject(body)
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		var want map[string]any
		theirs := dec.Decode(&want)
		if err == nil && (theirs != nil || !json.Valid(body)) {
			t.Fatalf("%q is read here and refused there: %v", body, theirs)
		}
		if err == nil && !reflect.DeepEqual(plain(o), any(want)) {
			t.Errorf("%q: %v, want %v", body, plain(o), want)
		}
		if err != nil && want != nil && json.Valid(body) && !strings.Contains(err.Error(), "twice") &&
			!strings.Contains(err.Error(), "deeply") && !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%q: %v", body, err)
		}
	})
}

func TestDecodeObject(t *testing.T) {
	for body, wrong := range map[string]string{
		`{"b":1,"a":{"z":"x","y":[]}}`: "", `{"a":1,"a":2}`: "twice", `{"a":{"b":1,"\u0062":2}}`: "twice",
		`[]`: "not an object", `"{}"`: "not an object", ``: "not JSON", `{} {}`: "not JSON", "{\"a\":\"\xff\"}": "not UTF-8",
		`{"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`: "",
		`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`:     "too deeply",
	} {
		o, err := decodeObject([]byte(body))
		if (err != nil) != (wrong != "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v, want %q", body, err, wrong)
		}
		if strings.HasPrefix(body, `{"b"`) && (len(o.names) != 2 || o.names[0] != "b" || o.inner("a").names[0] != "z") {
			t.Errorf("%q: the names come as %v", body, o.names)
		}
	}
}
