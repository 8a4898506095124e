/** How names and addresses are compared: by ours alone, since Postgres makes other small letters of some. */
export const keyOf = (text: string): string => text.toLowerCase();
