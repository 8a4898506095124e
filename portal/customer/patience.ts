/** How long a page waits for what takes the server longer than most acts do. */

/**
 * How long to wait for an answer in which a destination is asked: one that indexes slowly has 25 s for its
 * acknowledgement, and is looked into afterwards.
 */
export const destinationPatienceMs = 60_000;

/** What is about everybody in a directory: of 100,000 people it takes half a minute. */
export const everybodyPatienceMs = 120_000;
