/** Code as applications write it. Each sample compiles, and rejects a kind that does not exist. */
export const jsxSamples = {
  react: `import type { NaverCaptchaElement } from 'naver-captcha-widget';
import type {} from 'naver-captcha-widget/jsx';
import { useRef } from 'react';

export function SignUp() {
  const captcha = useRef<NaverCaptchaElement>(null);
  return (
    <form>
      <naver-captcha
        ref={captcha}
        src="/captcha"
        action="signup"
        lang="ko"
        required
        credentials="include"
        headers={() => ({ 'x-csrf-token': 'a1' })}
        messages={{ label: '보안 문자' }}
        oncaptcha-error={({ detail }) => captcha.current?.reportRejection(detail.code)}
      >
        <p slot="help">…</p>
      </naver-captcha>
    </form>
  );
}

// @ts-expect-error There is no such kind.
export const wrong = <naver-captcha kinds="video" />;
`,
  preact: `import type {} from 'naver-captcha-widget/preact';

export const form = (
  <form>
    <naver-captcha src="/captcha" class="wide" required oncaptcha-ready={({ detail }) => detail.key.length}>
      <p slot="help">…</p>
    </naver-captcha>
  </form>
);

// @ts-expect-error There is no such kind.
export const wrong = <naver-captcha kinds="video" />;
`,
} as const;
