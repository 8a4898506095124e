import { computed, shallowRef, watchEffect, type Ref } from 'vue';
import { readSshKey, sshFingerprint } from '../../../onboarding/ssh-public-key.ts';

/** A public key as it is typed: what is wrong with it, or its type, strength and fingerprint. Nothing of it is sent. */
export function useSshKey(text: Readonly<Ref<string>>) {
  const read = computed(() => readSshKey(text.value));
  const fingerprint = shallowRef<string>();

  watchEffect(async () => {
    const key = read.value;
    fingerprint.value = undefined;
    // Pages that came over plain http from another machine have no digests: the server tells it after saving.
    if (!key.ok || globalThis.crypto.subtle === undefined) return;
    const digest = await globalThis.crypto.subtle.digest('SHA-256', key.bytes);
    if (read.value === key) fingerprint.value = sshFingerprint(new Uint8Array(digest));
  });

  return {
    key: computed(() => (read.value.ok ? read.value : undefined)),
    problem: computed(() => (read.value.ok ? undefined : read.value.problem)),
    fingerprint,
  };
}
