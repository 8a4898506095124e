/**
 * A chosen file as text. A certificate in DER, as most consoles save their `.cer`, is no text: it comes as its base64, the
 * way it would be pasted.
 */
export async function textOfFile(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isDer(bytes)) return new TextDecoder().decode(bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** A sequence of more than 127 bytes (X.690 §8.1.3.5). The second byte begins no character of UTF-8. */
function isDer([tag = 0, length = 0]: Uint8Array): boolean {
  return tag === 0x30 && length > 0x80 && length <= 0x84;
}
