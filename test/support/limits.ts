/**
 * How long tests wait, in one place. A runner with everything to do at once is several times slower than a quiet machine,
 * and a limit costs only whoever waits in vain: none is there to say how fast something is.
 */

/** For what comes by itself: a mail, a row, a program that is up again. */
export const comesWithinMs = 120_000;

/** For a test or a hook: five times what the longest takes. */
export const testMs = 400_000;
