/** Connections bear the name of their provider, until somebody gives them another. */

/** The provider's name, with a number where another connection of the organization has it already. */
export function nameAfterProvider(provider: string, taken: readonly string[]): string {
  let name = provider;
  for (let count = 2; taken.includes(name); count += 1) name = `${provider} ${count}`;
  return name;
}

/** Whether nobody has given it a name of its own. */
export function isNamedAfter(provider: string, name: string): boolean {
  return (
    name === provider || (name.startsWith(`${provider} `) && /^\d+$/.test(name.slice(provider.length + 1)))
  );
}
