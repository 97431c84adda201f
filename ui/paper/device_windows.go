package paper

// Windows has no such flag: opening is bounded by the job's timeout.
const notBlocking = 0
