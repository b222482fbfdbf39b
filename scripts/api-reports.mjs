import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const LIBRARIES = ['captcha-media', 'naver-captcha', 'naver-captcha-emulator', 'naver-captcha-widget'];

/** What every entry of the built libraries declares, as `libs/<library>/api/<entry>.api.md` has to have it. */
export function apiReports() {
  const folder = mkdtempSync(join(tmpdir(), 'api-reports-'));
  try {
    return LIBRARIES.flatMap((library) =>
      entriesOf(library).map(({ name, declarations }) => ({
        path: `libs/${library}/api/${name}.api.md`,
        text: report(library, declarations, folder),
      })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The doors that lead to a script: types alone have nothing an application could call. */
function entriesOf(library) {
  const { exports } = JSON.parse(readFileSync(`libs/${library}/package.json`, 'utf8'));
  const entries = Object.entries(exports).flatMap(([door, { types, ...scripts }]) =>
    types !== undefined && Object.keys(scripts).length > 0
      ? [{ name: door === '.' ? 'index' : door.slice(2), declarations: types.default ?? types }]
      : [],
  );
  // The bundle declares what the package itself does.
  return entries.filter(
    ({ declarations }, index) => entries.findIndex((entry) => entry.declarations === declarations) === index,
  );
}

function report(library, declarations, folder) {
  const projectFolder = resolve('libs', library);
  const entry = join(projectFolder, declarations);
  const off = { logLevel: 'none' };
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      projectFolder,
      mainEntryPointFilePath: entry,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            module: 'nodenext',
            lib: ['es2023', 'dom'],
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: [entry],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: 'report.api.md',
        reportFolder: folder,
        reportTempFolder: join(folder, 'new'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        // A name that is used and not exported stands in the report; docstrings are read by people, not by TSDoc.
        extractorMessageReporting: {
          default: { logLevel: 'warning', addToApiReportFile: true },
          'ae-missing-release-tag': off,
          'ae-undocumented': off,
        },
        tsdocMessageReporting: { default: off },
      },
    },
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      if (message.category === 'Compiler' || message.logLevel === 'error') throw new Error(message.text);
    },
  });
  return readFileSync(join(folder, 'new', 'report.api.md'), 'utf8');
}
