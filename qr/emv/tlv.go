package emv

import "fmt"

// Tags of EMVCo CPM 1.1, tables 4.1 to 4.8, that this package has a use for.
const (
	tagFormat      = 0x85   // payload format indicator, "CPV01"
	tagApplication = 0x61   // application template
	tagCommon      = 0x62   // common data template
	tagOwn         = 0x63   // application specific transparent template
	tagCommonOwn   = 0x64   // common data transparent template
	tagADF         = 0x4F   // application definition file name (AID)
	tagLabel       = 0x50   // application label
	tagTrack2      = 0x57   // track 2 equivalent data
	tagPAN         = 0x5A   // primary account number, digits padded with F
	tagName        = 0x5F20 // cardholder name
	tagLanguage    = 0x5F2D // language preference
	tagURL         = 0x5F50 // issuer URL
	tagLastFour    = 0x9F25 // last four digits of the PAN
	tagToken       = 0x9F74 // QRIS: token that the issuer made for this payment
)

// node is one BER-TLV element. A constructed one has children instead of a value.
type node struct {
	tag      uint32
	value    []byte
	children []node
}

func constructed(tag uint32) bool {
	for tag > 0xff {
		tag >>= 8
	}
	return tag&0x20 != 0
}

// grammar is how BER-TLV is read.
type grammar struct {
	// strict refuses what a sound writer would not write: lengths longer than
	// needed, padding between elements, templates that are no TLV.
	strict bool
	// rawLengths takes every length for one plain byte, as writers do that do not
	// know the long form.
	rawLengths bool
}

// maxDepth is one more than any template of the specification is nested.
const maxDepth = 4

// parse reads b, which begins at offset base of the payload. The nodes point
// into b.
func (g grammar) parse(b []byte, base, depth int) ([]node, error) {
	if depth > maxDepth {
		return nil, at("CPM", base, ErrOrder)
	}
	var nodes []node
	for i := 0; i < len(b); {
		if b[i] == 0 && !g.strict { // padding, which EMV Book 3, annex B1 allows
			i++
			continue
		}
		tag, n, err := parseTag(b[i:])
		if err != nil {
			return nil, at("CPM", base+i, err)
		}
		length, m, err := g.parseLength(b[i+n:])
		if err != nil {
			return nil, at("CPM", base+i+n, err)
		}
		i += n + m
		if length > len(b)-i {
			return nil, at("CPM", base+i, ErrTruncated)
		}
		element := node{tag: tag, value: b[i : i+length]}
		if constructed(tag) {
			children, err := g.parse(element.value, base+i, depth+1)
			switch opaque := tag == tagOwn || tag == tagCommonOwn; {
			case err == nil:
				element.children, element.value = children, nil
			case g.strict || !opaque:
				return nil, err
			}
		}
		nodes = append(nodes, element)
		i += length
	}
	return nodes, nil
}

// parseTag reads a tag of one to three bytes.
func parseTag(b []byte) (tag uint32, n int, err error) {
	tag = uint32(b[0])
	if tag == 0 || tag == 0xff {
		return 0, 0, ErrTag
	}
	if tag&0x1f != 0x1f {
		return tag, 1, nil
	}
	for n = 1; n < 3; n++ {
		if n == len(b) {
			return 0, 0, ErrTruncated
		}
		if n == 1 && b[n] == 0x80 {
			return 0, 0, ErrTag
		}
		tag = tag<<8 | uint32(b[n])
		if b[n]&0x80 == 0 {
			return tag, n + 1, nil
		}
	}
	return 0, 0, ErrTag
}

// parseLength reads a length of one byte, or of 81 and one, or of 82 and two.
func (g grammar) parseLength(b []byte) (length, n int, err error) {
	if len(b) == 0 {
		return 0, 0, ErrTruncated
	}
	if b[0] < 0x80 || g.rawLengths {
		return int(b[0]), 1, nil
	}
	n = int(b[0]&0x7f) + 1
	if n != 2 && n != 3 {
		return 0, 0, ErrLength
	}
	if len(b) < n {
		return 0, 0, ErrTruncated
	}
	for _, c := range b[1:n] {
		length = length<<8 | int(c)
	}
	if g.strict && (length < 0x80 || n == 3 && length < 0x100) {
		return 0, 0, ErrLength
	}
	return length, n, nil
}

// appendNodes writes nodes with the shortest lengths, which makes the encoding
// of a tree unique.
func appendNodes(dst []byte, nodes []node) []byte {
	for _, n := range nodes {
		value := n.value
		if n.children != nil {
			value = appendNodes(nil, n.children)
		}
		dst = appendTag(dst, n.tag)
		switch length := len(value); {
		case length < 0x80:
			dst = append(dst, byte(length))
		case length < 0x100:
			dst = append(dst, 0x81, byte(length))
		case length < 0x10000:
			dst = append(dst, 0x82, byte(length>>8), byte(length))
		default:
			panic(fmt.Sprintf("emv: an element of %d bytes is not bounded by MaxLength", length))
		}
		dst = append(dst, value...)
	}
	return dst
}

func appendTag(dst []byte, tag uint32) []byte {
	for shift := 16; shift > 0; shift -= 8 {
		if tag>>shift != 0 {
			dst = append(dst, byte(tag>>shift))
		}
	}
	return append(dst, byte(tag))
}

// find returns the value of the first primitive element with tag, at any depth.
func find(nodes []node, tag uint32) ([]byte, bool) {
	for _, n := range nodes {
		if n.tag == tag && n.children == nil {
			return n.value, true
		}
		if value, ok := find(n.children, tag); ok {
			return value, true
		}
	}
	return nil, false
}
