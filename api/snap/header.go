package snap

// Header names as the documents print them: the header tables of seeds 000 to
// 002 and the samples of seed 003. HTTP compares names without regard to case.
const (
	HeaderTimestamp             = "X-TIMESTAMP"   // 2006-01-02T15:04:05+07:00, 25 characters
	HeaderSignature             = "X-SIGNATURE"   // see Encoding
	HeaderClientKey             = "X-CLIENT-KEY"  // token requests
	HeaderPartnerID             = "X-PARTNER-ID"  // at most 36 characters
	HeaderExternalID            = "X-EXTERNAL-ID" // digits, unique in a Jakarta calendar day
	HeaderChannelID             = "CHANNEL-ID"    // at most 5 characters
	HeaderAuthorization         = "Authorization" // "Bearer " and the B2B token
	HeaderAuthorizationCustomer = "Authorization-Customer"
	HeaderOrigin                = "ORIGIN"
	HeaderDeviceID              = "X-DEVICE-ID"
	HeaderIPAddress             = "X-IP-ADDRESS"
	HeaderLatitude              = "X-LATITUDE"
	HeaderLongitude             = "X-LONGITUDE"
)
