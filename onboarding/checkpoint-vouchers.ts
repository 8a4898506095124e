/** Vouches for the checkpoint key of a key that may be taken away. Base64, but for the instant. */
export interface CheckpointVoucher {
  /** SubjectPublicKeyInfo, DER. */
  publicKey: string;
  /** What it signed later does not count. */
  until: string;
  /** The key whose checkpoint key has signed this. */
  by: string;
  signature: string;
}
