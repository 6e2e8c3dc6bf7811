// In which direction a call went and how it ended: by an icon, and in words.
import type { Call } from '../../../../client/types.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { useTexts } from '../../texts/texts.ts';
import { outcomeWords } from '../party.ts';

export function CallOutcome({ call }: { call: Call }) {
  const texts = useTexts();
  const missed = call.disposition === 'missed';
  const icon: IconName = missed ? 'callMissed' : call.direction === 'in' ? 'callIn' : 'callOut';
  const tone = missed ? 'missed' : call.disposition === 'answered' || call.state ? 'answered' : 'failed';
  // an incoming call that was missed is called so; of others the direction is said too
  const words = [missed ? '' : texts.calls.direction[call.direction], outcomeWords(texts, call)];
  return (
    <span class={`call-outcome ${tone}`}>
      <Icon name={icon} />
      <span class="call-words">{words.filter(Boolean).join(' · ')}</span>
    </span>
  );
}
