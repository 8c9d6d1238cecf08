import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { BackupProfile } from '../../src/core/forms/backup/backupProfiles';
import {
  isClusterBackup,
  type BackupFormat,
  type BackupOptions,
} from '../../src/core/model/options';
import { controlsAt } from '../shared/options/formFields';
import { button } from '../shared/ui/button';
import { notesFor } from '../shared/ui/field';
import { checkGroup, labelledCheckbox, labelledRadios, labelledText } from '../shared/ui/fields';
import type { RadioOption } from '../shared/ui/radioGroup';
import { backupForm } from './advancedView';
import type { BackupView } from './backupView';
import { compressionView } from './compressionView';

function formats(): RadioOption<BackupFormat>[] {
  return [
    {
      value: 'custom',
      label: l10n.t('Custom'),
      description: l10n.t('One compressed file; restore all of it or parts. The usual choice.'),
    },
    {
      value: 'directory',
      label: l10n.t('Directory'),
      description: l10n.t('A folder with a file per table; dumped and restored in parallel.'),
    },
    {
      value: 'plain',
      label: l10n.t('Plain SQL'),
      description: l10n.t('A script to read, edit and run with psql.'),
    },
    {
      value: 'tar',
      label: l10n.t('Tar'),
      description: l10n.t('The directory’s files in one uncompressed tar file.'),
    },
  ];
}

/** Output path, format and content. */
export function fieldsView(view: BackupView): TemplateResult {
  const { options } = view.state;
  const notes = (name: keyof BackupOptions) => notesFor(name, view.evaluation);
  return html`${labelledText({
    name: 'outputPath',
    label: l10n.t('Save to'),
    value: options.outputPath,
    notes: notes('outputPath'),
    onInput: (outputPath) => view.change({ outputPath }),
    after: button({ label: l10n.t('Browse…'), onClick: () => view.browse() }),
  })}
  ${isClusterBackup(options) ? nothing : formatView(view)} ${contentView(view)}`;
}

function profiles(): RadioOption<BackupProfile>[] {
  return [
    { value: 'recommended', label: l10n.t('Recommended') },
    { value: 'smallest', label: l10n.t('Smallest') },
    { value: 'fastest', label: l10n.t('Fastest') },
    { value: 'portable', label: l10n.t('Most portable') },
    { value: 'custom', label: l10n.t('As set below') },
  ];
}

/** One choice for format, compression and jobs, with what it means here and why. */
function profileView(view: BackupView): TemplateResult {
  const { profile } = view.state.options;
  return labelledRadios({
    name: 'profile',
    label: l10n.t('Profile'),
    description: view.profileReason ?? withoutReason(profile),
    value: profile,
    options: profiles(),
    layout: 'row',
    notes: notesFor('profile', view.evaluation),
    onChange: (chosen) => view.change({ profile: chosen }),
  });
}

/** Before the tool is known, a profile cannot choose. */
function withoutReason(profile: BackupProfile): string {
  return profile === 'custom'
    ? l10n.t('Format, compression and jobs are chosen one by one.')
    : l10n.t('Sets format, compression and jobs, once the server and the tool are known.');
}

function formatView(view: BackupView): TemplateResult {
  return html`${profileView(view)}
  ${labelledRadios({
    name: 'format',
    label: l10n.t('Format'),
    value: view.state.options.format,
    options: formats(),
    layout: 'columns',
    notes: notesFor('format', view.evaluation),
    onChange: (format) => view.change({ format }),
  })}
  ${compressionView(view)}`;
}

function contentView(view: BackupView): TemplateResult {
  return checkGroup(l10n.t('Content'), controlsAt({ ...backupForm(view), tool: null }, 'content'));
}

/** Objects that a filter leaves out by default: large objects and extensions. */
export function objectExtras(view: BackupView): TemplateResult | typeof nothing {
  const { filtered } = view;
  const { options, connection } = view.state;
  const catalog = connection?.catalog;
  if (!catalog || isClusterBackup(options)) return nothing;
  const extensions = catalog.extensions.map(({ name }) => name);
  return checkGroup(l10n.t('In addition to schemas and tables'), [
    labelledCheckbox({
      name: 'largeObjects',
      label: l10n.t('Large objects ({0})', catalog.largeObjects),
      checked: options.largeObjects ?? !filtered,
      notes: notesFor('largeObjects', view.evaluation),
      onChange: (largeObjects) => view.change({ largeObjects }),
    }),
    labelledCheckbox({
      name: 'extensions',
      label: l10n.t('Extensions ({0})', extensions.length),
      ...(extensions.length > 0 ? { description: extensions.join(', ') } : {}),
      checked: filtered ? (options.extensions?.length ?? 0) > 0 : true,
      notes: notesFor('extensions', view.evaluation),
      onChange: (on) => view.change({ extensions: on ? extensions : null }),
    }),
  ]);
}
