package term

// CanSuspend says whether Suspend does anything here: Windows has no stopped
// processes.
const CanSuspend = false

// Suspend does nothing.
func Suspend() {}
