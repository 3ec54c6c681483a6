/** The pages are in English, so their numbers are too: one that is typed in is read as it was written. */
export const locale = "en-US"
