// Why there are no company contacts, or no contacts at all, and who can change that.
import type { FeatureOff } from '../../../client/types.ts';
import { LinkButton } from '../parts/button.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';

export function CompanyOff({ off, title }: { off: FeatureOff; title: string }) {
  const { contacts } = useTexts();
  const text = contacts.off;
  const why = off.off === 'client_too_old' ? text.client_too_old(off.needs ?? '') : text[off.off];
  const action =
    off.off === 'no_permission' ? (
      <LinkButton href={place(['contacts', 'personal'])}>{contacts.title.personal}</LinkButton>
    ) : undefined;
  return (
    <Page title={title}>
      <Empty title={text.short} text={why} action={action} />
    </Page>
  );
}
