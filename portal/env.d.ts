/// <reference types="vite/client" />

import 'vue';

// Attributes that fall through a component to its element.
type PassedOn = {
  [data: `data-${string}`]: string | number | boolean | undefined;
  [aria: `aria-${string}`]: string | number | boolean | undefined;
  tabindex?: string | number;
};

declare module 'vue' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merging adds members to Vue's own interface
  interface HTMLAttributes extends Pick<PassedOn, `data-${string}`> {}
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- as above
  interface ComponentCustomProps extends PassedOn {}
}
