/** Why a request of the protocol is not met, in its own words where they help whoever reads a log of it. */
export class Refusal extends Error {
  readonly status: 'missing' | 'denied' | 'failure' | 'unsupported';

  constructor(status: Refusal['status'], words = '') {
    super(words);
    this.status = status;
  }
}
