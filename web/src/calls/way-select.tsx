// Choosing with what this device makes calls; nothing where the server makes none for the user.
import { Select } from '../parts/field.tsx';
import { useTexts } from '../texts/texts.ts';
import { chooseWay } from './call-way.ts';
import { useCalling } from './use-calling.ts';

export function WaySelect(props: { class?: string }) {
  const { way: text } = useTexts().calls;
  const { offered, way } = useCalling();
  if (!offered) return null;
  return (
    <Select
      {...props}
      label={text.label}
      value={way}
      options={[
        { value: 'phone', text: text.phone },
        { value: 'device', text: text.device },
      ]}
      onChange={chooseWay}
    />
  );
}
