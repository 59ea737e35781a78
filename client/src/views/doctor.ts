/**
 * *Varsmith: Doctor*: shows the server's report on the open folders as a page. It tells the server whether programs
 * may be run, and decides nothing else.
 */
import { commands, type Disposable, workspace } from 'vscode';
import type { Server } from '../language/server.ts';
import { type DoctorParams, type DoctorResult, doctorRequest } from '../protocol/doctor.ts';
import { doctorCommand } from './doctor-command.ts';
import { doctorPage, doctorPageCommands } from './doctor-page.ts';
import { createReportTab } from './report-panel.ts';

export function registerDoctor(server: Server): readonly Disposable[] {
  const tab = createReportTab(doctorPageCommands);
  return [
    tab,
    commands.registerCommand(doctorCommand, async () => {
      const asked: DoctorParams = { trusted: workspace.isTrusted };
      const results = (await server.request<DoctorResult[] | null>(doctorRequest, asked)) ?? [];
      tab.show(doctorPage(results, workspace.isTrusted));
    }),
  ];
}
