import pg from 'pg';
import { OnboardingError, type ErrorCode, type ErrorFacts } from '../onboarding/errors.ts';
import { sqlState } from './sql-states.ts';

/**
 * Waits for a statement and, where it breaks the unique constraint or index named, throws the error people can act on
 * instead. The transaction is lost either way.
 */
export async function refuseDuplicate<T>(
  statement: Promise<T>,
  constraint: string,
  code: ErrorCode,
  facts: ErrorFacts = {},
): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    const isDuplicate = error instanceof pg.DatabaseError && error.code === sqlState.uniqueViolation;
    if (isDuplicate && error.constraint === constraint)
      throw new OnboardingError(code, facts, { cause: error });
    throw error;
  }
}
