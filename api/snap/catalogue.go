package snap

import (
	"iter"
	"slices"
)

// Meaning is one row of a catalogue of response codes. The words are the
// document's own, its misspellings included; what a screen says is found by
// [Meaning.Key].
type Meaning struct {
	HTTP        int    // HTTP status, 100 to 599
	Case        string // two digits
	Category    string // Success, System, Message or Business
	Message     string // responseMessage; {field name} and [reason] are the provider's to fill in
	Description string // may hold several lines
}

// Key is the advice key of the row, such as "403-05"; see [Code.Key].
func (m Meaning) Key() string { return Code{HTTP: m.HTTP, Case: m.Case}.Key() }

// Catalogue yields the 63 rows of the table "Daftar Response Code" of the BI
// SNAP QR CPM document (seed 003), in its order. They hold for any service.
func Catalogue() iter.Seq[Meaning] { return slices.Values(catalogue[:]) }

// Lookup finds what the catalogue says of a code, whatever its service. It
// answers false for a code that the table does not have.
func Lookup(c Code) (Meaning, bool) {
	// A walk over 63 rows costs less than a map built at every start.
	for i := range catalogue {
		if m := &catalogue[i]; m.HTTP == c.HTTP && m.Case == c.Case {
			return *m, true
		}
	}
	return Meaning{}, false
}

var catalogue = [...]Meaning{
	{200, "00", "Success", "Successful", "Successful"},
	{202, "00", "Success", "Request In Progress", "Transaction still on process"},
	{400, "00", "System", "Bad Request", "General request failed error, including message parsing failed."},
	{400, "01", "Message", "Invalid Field Format {field name}", "Invalid format"},
	{400, "02", "Message", "Invalid Mandatory Field {field name}", "Missing or invalid format on mandatory field"},
	{401, "00", "System", "Unauthorized. [reason]", "General unauthorized error (No Interface Def, API is Invalid, Oauth Failed, Verify Client Secret Fail, Client Forbidden Access API, Unknown Client, Key not Found)"},
	{401, "01", "System", "Invalid Token (B2B)", "Token found in request is invalid (Access Token Not Exist, Access Token Expiry)"},
	{401, "02", "System", "Invalid Customer Token", "Token found in request is invalid (Access Token Not Exist, Access Token Expiry)"},
	{401, "03", "System", "Token Not Found (B2B)", "Token not found in the system. This occurs on any API that requires token as input parameter"},
	{401, "04", "System", "Customer Token Not Found", "Token not found in the system. This occurs on any API that requires token as input parameter"},
	{403, "00", "Business", "Transaction Expired", "Transaction expired"},
	{403, "01", "System", "Feature Not Allowed [Reason]", "This merchant is not allowed to call Direct Debit APIs"},
	{403, "02", "Business", "Exceeds Transaction Amount Limit", "Exceeds Transaction Amount Limit"},
	{403, "03", "Business", "Suspected Fraud", "Suspected Fraud"},
	{403, "04", "Business", "Activity Count Limit Exceeded", "Too many request, Exceeds Transaction Frequency Limit"},
	{403, "05", "Business", "Do Not Honor", "Account or User status is abnormal"},
	{403, "06", "System", "Feature Not Allowed At This Time. [reason]", "Cut off In Progress"},
	{403, "07", "Business", "Card Blocked", "The payment card is blocked"},
	{403, "08", "Business", "Card Expired", "The payment card is expired"},
	{403, "09", "Business", "Dormant Account", "The account is dormant"},
	{403, "10", "Business", "Need To Set Token Limit", "Need to set token limit"},
	{403, "11", "System", "OTP Blocked", "OTP has been blocked"},
	{403, "12", "System", "OTP Lifetime Expired", "OTP has been expired"},
	{403, "13", "System", "OTP Sent To Cardholer", "initiates request OTP to the issuer"},
	{403, "14", "Business", "Insufficient Funds", "Insufficient Funds"},
	{403, "15", "Business", "Transaction Not Permitted.[reason]", "Transaction Not Permitted"},
	{403, "16", "Business", "Suspend Transaction", "Suspend Transaction"},
	{403, "17", "Business", "Token Limit Exceeded", "Purchase amount exceeds the token limit set prior"},
	{403, "18", "Business", "Inactive Card/Account/Customer", "Indicates inactive account"},
	{403, "19", "Business", "Merchant Blacklisted", "Merchant is suspended from calling any APIs"},
	{403, "20", "Business", "Merchant Limit Exceed", "Merchant aggregated purchase amount on that day exceeds the agreed limit"},
	{403, "21", "Business", "Set Limit Not Allowed", "Set limit not allowed on particular token"},
	{403, "22", "Business", "Token Limit Invalid", "The token limit desired by the merchant is not within the agreed range between the merchant and the Issuer"},
	{403, "23", "Business", "Account Limit Exceed", "Account aggregated purchase amount on that day exceeds the agreed limit"},
	{404, "00", "Business", "Invalid Transaction Status", "Invalid transaction status"},
	{404, "01", "Business", "Transaction Not Found", "Transaction not found"},
	{404, "02", "System", "Invalid Routing", "Invalid Routing"},
	{404, "03", "System", "Bank Not Supported By Switch", "Bank not supported by switch"},
	{404, "04", "Business", "Transaction Cancelled", "Transaction is cancelled by customer"},
	{404, "05", "Business", "Merchant Is Not Registered For Card Registration Services", "Merchant is not registered for Card Registration services"},
	{404, "06", "System", "Need To Request OTP", "Need to request OTP"},
	{404, "07", "System", "Journey Not Found", "The journeyID cannot be found in the system"},
	{404, "08", "Business", "Invalid Merchant", "Merchant does not exist or status abnormal"},
	{404, "09", "Business", "No Issuer", "No issuer"},
	{404, "10", "System", "Invalid API Transition", "Invalid API transition within a journey"},
	{404, "11", "Business", "Invalid Card/Account/Customer [info]/Virtual Account", "Card information may be invalid, or the card account may be blacklisted, or Virtual Account number maybe invalid."},
	{404, "12", "Business", "Invalid Bill/Virtual Account [Reason]", "The bill is blocked/ suspended/not found.\n" +
		"Virtual account is suspend/not found."},
	{404, "13", "Business", "Invalid Amount", "The amount doesn't match with what supposed to"},
	{404, "14", "Business", "Paid Bill", "The bill has been paid"},
	{404, "15", "System", "Invalid OTP", "OTP is incorrect"},
	{404, "16", "Business", "Partner Not Found", "Partner number can't be found"},
	{404, "17", "Business", "Invalid Terminal", "Terminal does not exist in the system"},
	{404, "18", "Business", "Inconsistent Request", "Inconsistent request parameter found for the same partner reference number/transaction id\n" +
		"It can be considered as failed in transfer debit, but it should be considered as success in transfer credit.\n" +
		"Considered as success:\n" +
		"- Transfer credit = (i) Intrabank transfer; (ii) Interbank transfer; (iii) RTGS transfer; (iv) SKNBI transfer;\n" +
		"- Virtual account = (i) Payment VA; (ii) Payment to VA;\n" +
		"- Transfer debit = (i) Refund payment; (ii) Void;\n" +
		"Considered as failed:\n" +
		"- Transfer credit = (i) Transfer to OTC;\n" +
		"- Transfer debit = (i) Direct debit payment; (ii) QR CPM payment; (iii) Auth payment; (iv) Capture;"},
	{404, "19", "Business", "Invalid Bill/Virtual Account", "The bill is expired.\n" +
		"Virtual account is expired."},
	{405, "00", "System", "Requested Function Is Not Supported", "Requested function is not supported"},
	{405, "01", "Business", "Requested Opearation Is Not Allowed", "Requested operation to cancel/refund transaction Is not allowed at this time."},
	{409, "00", "System", "Conflict", "Cannot use same X-EXTERNAL-ID in same day"},
	{409, "01", "System", "Duplicate partnerReferenceNo", "Transaction has previously been processed indicates the same partnerReferenceNo already success"},
	{429, "00", "System", "Too Many Requests", "Maximum transaction limit exceeded"},
	{500, "00", "System", "General Error", "General Error"},
	{500, "01", "System", "Internal Server Error", "Unknown Internal Server Failure, Please retry the process again"},
	{500, "02", "System", "External Server Error", "Backend system failure, etc"},
	{504, "00", "System", "Timeout", "timeout from the issuer"},
}
