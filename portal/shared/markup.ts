/**
 * Text of others on its way to a parser that runs nothing: an XML document that is only read, the frame of a mail. The
 * pages' policy has browsers refuse markup that comes as plain text, wherever it would go [UI-02]; these are the two
 * places that it may go to. Vue has a name of its own for what its compiler has written.
 */
type Policy = { createHTML(markup: string): unknown };
type Policies = { createPolicy(name: 'vestibule', rules: { createHTML(markup: string): string }): Policy };

const { trustedTypes } = globalThis as { trustedTypes?: Policies };
const policy = trustedTypes?.createPolicy('vestibule', { createHTML: (markup) => markup });

/** A document to look into. */
export function parseMarkup(markup: string, type: 'text/html' | 'text/xml'): Document {
  return new DOMParser().parseFromString(framedMarkup(markup), type);
}

/** What a frame may hold. The types of the browser know it as text. */
export function framedMarkup(markup: string): string {
  return (policy?.createHTML(markup) ?? markup) as string;
}
