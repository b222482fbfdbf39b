/** What a visitor reads or hears while the browser works and afterwards. */
export interface WorkMessages {
  /** Beside the progress bar, after a second of work; spoken too. */
  readonly working: string;
  /** In place of the picture when the work is done. */
  readonly work: string;
  /** Shown when the visitor submits the form while the browser works. */
  readonly wait: string;
  /** Shown when the work is done after the server refused the form, or after the visitor submitted it too early. */
  readonly again: string;
}

export const ko: WorkMessages = {
  working: '자동 입력이 아닌지 확인하는 중입니다.',
  work: '확인되었습니다.',
  wait: '확인하는 중입니다. 잠시 기다려 주세요.',
  again: '이제 다시 보내 주세요.',
};

export const en: WorkMessages = {
  working: 'Checking for automated input.',
  work: 'Confirmed.',
  wait: 'Checking. Please wait a moment.',
  again: 'Please send the form again now.',
};
