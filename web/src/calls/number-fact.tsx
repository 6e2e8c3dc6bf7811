// A number in the details of somebody: it is called and copied, and called with this device where that is not done anyway.
import { Reach } from '../parts/facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { telLink } from '../parts/links.ts';
import { useTexts } from '../texts/texts.ts';
import { CallControl } from './call-control.tsx';
import { useCalling } from './use-calling.ts';

interface NumberFactProps {
  readonly label: string;
  readonly number: string;
  /** Whose it is. */
  readonly name: string;
  /** What is copied, in words. */
  readonly what: string;
}

export function NumberFact({ label, number, name, what }: NumberFactProps) {
  const { way } = useCalling();
  const { withDevice } = useTexts().calls.way;
  const href = telLink(number);
  const besides =
    href !== undefined && way === 'phone' ? (
      <a class="icon-button" href={href} aria-label={withDevice(number)} title={withDevice(number)}>
        <Icon name="device" />
      </a>
    ) : undefined;
  return (
    <Reach label={label} value={number} what={what} besides={besides}>
      <CallControl number={number} name={name}>
        <bdi>{number}</bdi>
      </CallControl>
    </Reach>
  );
}
