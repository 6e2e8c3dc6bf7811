// The colleagues: all extensions with their presence, searched and filtered, and what is known of the chosen one.
import { useMemo, useState } from 'preact/hooks';
import { useAnnounced } from '../hooks/use-announced.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox, Select } from '../parts/field.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { Split } from '../parts/split.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { go, openDetails, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { ExtensionDetails } from './extension-details.tsx';
import { ExtensionRow } from './extension-row.tsx';
import { type DirectoryFilter, filterExtensions, groupsOf, sortExtensions } from './extension-search.ts';

const EVERYBODY: DirectoryFilter = { text: '', group: '', availableOnly: false };

export function ExtensionsPage({ chosen }: { chosen: string | undefined }) {
  const client = useClient();
  const { directory } = useTexts();
  const [filter, setFilter] = useState(EVERYBODY);
  const extensions = client.mirror('extensions');
  const version = useMirror(extensions);
  const groups = useMemo(() => groupsOf(extensions.values()), [extensions, version]);
  return (
    <Page title={directory.title} filled>
      <Split
        label={directory.title}
        chosen={chosen}
        details={chosen === undefined ? undefined : <ExtensionDetails extension={extensions.get(chosen)} />}
        onClose={() => go(place(['extensions']))}
      >
        <div class="toolbar">
          <SearchField
            label={directory.search}
            hint={directory.searchHint}
            value={filter.text}
            onInput={(text) => setFilter({ ...filter, text })}
          />
          {groups.length > 0 && (
            <Select
              label={directory.group}
              quiet
              value={filter.group}
              options={[
                { value: '', text: directory.allGroups },
                ...groups.map((group) => ({ value: group, text: group })),
              ]}
              onChange={(group) => setFilter({ ...filter, group })}
            />
          )}
          <Checkbox
            label={directory.availableOnly}
            checked={filter.availableOnly}
            onChange={(availableOnly) => setFilter({ ...filter, availableOnly })}
          />
        </div>
        <Colleagues filter={filter} version={version} chosen={chosen} onClear={() => setFilter(EVERYBODY)} />
      </Split>
    </Page>
  );
}

interface ColleaguesProps {
  readonly filter: DirectoryFilter;
  readonly version: number;
  readonly chosen: string | undefined;
  readonly onClear: () => void;
}

function Colleagues({ filter, version, chosen, onClear }: ColleaguesProps) {
  const client = useClient();
  const { directory, common } = useTexts();
  const { extension: own } = useSession();
  const age = usePresenceAge();
  const favorites = useFavorites();
  const size = useRowSize(chosen !== undefined);
  const [extensions, presences] = [client.mirror('extensions'), client.mirror('presence')];
  const presenceVersion = useMirror(presences);
  const sorted = useMemo(() => sortExtensions(extensions.values()), [extensions, version]);
  const shown = useMemo(
    () => filterExtensions(sorted, filter, (id) => presences.get(id)),
    [sorted, filter, presences, filter.availableOnly ? presenceVersion : 0],
  );
  useAnnounced(filter.text, shown.length);
  if (sorted.length === 0) {
    if (extensions.state === 'loading') return <p class="waiting">{common.loading}</p>;
    return <Empty title={directory.emptyTitle} text={directory.emptyText} />;
  }
  return (
    <>
      <p class="list-count">{directory.count(shown.length, sorted.length)}</p>
      {shown.length === 0 ? (
        <Empty
          title={directory.noneTitle}
          text={directory.noneText}
          action={<Button onClick={onClear}>{directory.clear}</Button>}
        />
      ) : (
        <VirtualList
          label={directory.list}
          count={shown.length}
          {...size}
          of={JSON.stringify(filter)}
          itemKey={(index) => shown[index]?.id ?? ''}
          row={(index, active) => {
            const extension = shown[index];
            if (!extension) return null;
            return (
              <ExtensionRow
                extension={extension}
                presence={presences.get(extension.id)}
                stale={age(extension).stale}
                favorite={favorites.has(`extension:${extension.id}`)}
                you={extension.id === own}
                active={active}
                chosen={extension.id === chosen}
                href={place(['extensions', extension.id])}
                onFavorite={favorites.toggle}
                onOpen={openDetails}
              />
            );
          }}
        />
      )}
    </>
  );
}
