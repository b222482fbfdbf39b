export function apiReports(): { path: string; text: string }[];
