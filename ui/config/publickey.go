package config

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"

	"cashier/api/snap"
)

const publicKeyCure = `write {"file":"PROVIDER.pem"}`

// PublicKey says in which file the other side's public key is, or its
// certificate. It is no secret: anybody may read the file.
type PublicKey struct {
	File string // relative to the config file's folder, ~/ is the home folder

	folder string
}

// IsZero says that no file is named.
func (k PublicKey) IsZero() bool { return k.File == "" }

// MarshalJSON writes the reference as it stands in a config file.
func (k PublicKey) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File string `json:"file,omitempty"`
	}{k.File})
}

// Read reads the key, each time anew, in any form that [snap.ParsePublicKey]
// takes.
func (k PublicKey) Read() (*rsa.PublicKey, error) {
	text, err := readKeyFile(Secret{File: k.File, folder: k.folder}.path(), "key")
	if err != nil {
		return nil, err
	}
	key, err := snap.ParsePublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", k.File, err)
	}
	return key, nil
}

// publicKey takes a reference. As with secrets, nothing of it is repeated: a
// private key may stand there.
func (d *decoder) publicKey(n node, into *PublicKey, path string) {
	members, isObject := n.value.([]member)
	if !isObject || len(members) != 1 || members[0].name != "file" {
		d.fail(path, "is no reference to a key's file; %s", publicKeyCure)
		return
	}
	at := join(path, "file")
	d.at[at] = members[0].value.offset
	if s, _ := members[0].value.value.(string); keyPattern().MatchString(s) {
		d.fail(at, "a key must not stand in the config; put it in a file of its own and %s", publicKeyCure)
		return
	}
	file, ok := d.text(members[0].value, at)
	if ok && file == "" {
		d.fail(at, "is empty; %s", publicKeyCure)
	}
	if ok && file != "" {
		*into = PublicKey{File: file, folder: d.folder}
	}
}
