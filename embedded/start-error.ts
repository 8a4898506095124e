/**
 * Something on this machine keeps a server from starting. The message is one finished sentence for the person at the
 * terminal, naming what to change; print it without a stack.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}
