// The name of the product and its mark.
import { useTexts } from '../texts/texts.ts';

export function Brand() {
  const { common } = useTexts();
  return (
    <span class="brand">
      <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <rect x="1" y="1" width="22" height="22" rx="6" />
        <circle cx="7.5" cy="8" r="2.2" />
        <circle cx="7.5" cy="16" r="2.2" />
        <path d="M12 8h6M12 16h6" />
      </svg>
      {common.product}
    </span>
  );
}
