// Temporal loads this file by its path with a plain `require`, and bundles it into the workflow sandbox: it imports
// packages only and stays free of type syntax, so that every supported Node can read it as it is.
import { DefaultFailureConverter } from '@temporalio/common';

/** Moves messages and stack traces of failures into a payload, where the codec encrypts them [TMP-01]. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
