"""What members and their mail systems send back: replies, bounces, complaints."""

from __future__ import annotations

import smtplib
from email import policy
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid, parseaddr

from simulators.mailbox.store import Mail

HOST = "mailbox.example.test"


def reply(mail: Mail, words: str) -> tuple[str, EmailMessage]:
    """Write a member's answer; return the address it goes to and the mail."""
    original = mail.message
    answer = EmailMessage()
    answer["From"] = mail.recipient
    answer["To"] = str(original["Reply-To"] or original["From"])
    answer["Subject"] = f"Re: {mail.subject}"
    answer["Message-ID"] = make_msgid(domain=HOST)
    answer["Date"] = formatdate(localtime=True)
    answer["In-Reply-To"] = str(original["Message-ID"])
    answer["References"] = str(original["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in mail.part("plain").splitlines()[:12])
    answer.set_content(f"{words}\n\nOn {mail.at}, {mail.sender} wrote:\n{quoted}\n")
    return parseaddr(answer["To"])[1], answer


def out_of_office(mail: Mail) -> tuple[str, EmailMessage]:
    """Write an automatic reply (RFC 3834)."""
    _, answer = reply(mail, "I am away until Monday and will read this then.")
    answer.replace_header("Subject", f"Automatic reply: {mail.subject}")
    answer["Auto-Submitted"] = "auto-replied"
    return mail.return_path, answer


def bounce(
    mail: Mail, *, status: str = "5.1.1", words: str = "no such user"
) -> tuple[str, Message]:
    """Write a delivery status notification (RFC 3464) to the return path."""
    code = "550" if status.startswith("5") else "452"
    report = MIMEMultipart("report", **{"report-type": "delivery-status"})
    report["From"] = f"Mail Delivery System <mailer-daemon@{HOST}>"
    report["To"] = mail.return_path
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = make_msgid(domain=HOST)
    report["Date"] = formatdate(localtime=True)
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText(f"Your message to {mail.recipient} could not be delivered: {words}\n"))
    about_us, about_them = Message(), Message()
    about_us["Reporting-MTA"] = f"dns; {HOST}"
    about_them["Final-Recipient"] = f"rfc822; {mail.recipient}"
    about_them["Action"] = "failed"
    about_them["Status"] = status
    about_them["Diagnostic-Code"] = f"smtp; {code} {status} {words}"
    status_part = Message()
    status_part["Content-Type"] = "message/delivery-status"
    status_part.set_payload([about_us, about_them])
    report.attach(status_part)
    report.attach(_returned_headers(mail))
    return mail.return_path, report


def complaint(mail: Mail) -> tuple[str, Message]:
    """Write an abuse report (RFC 5965), as a provider does when 'spam' is pressed."""
    report = MIMEMultipart("report", **{"report-type": "feedback-report"})
    report["From"] = f"Complaints <fbl@{HOST}>"
    report["To"] = mail.return_path
    report["Subject"] = f"FW: {mail.subject}"
    report["Message-ID"] = make_msgid(domain=HOST)
    report["Date"] = formatdate(localtime=True)
    report.attach(MIMEText("This is an abuse report for a message received by us.\n"))
    feedback = Message()
    feedback["Content-Type"] = "message/feedback-report"
    feedback.set_payload(
        "Feedback-Type: abuse\nUser-Agent: Mailbox-Simulator/1\nVersion: 1\n"
        f"Original-Rcpt-To: {mail.recipient}\n"
    )
    report.attach(feedback)
    report.attach(_returned_headers(mail))
    return mail.return_path, report


def _returned_headers(mail: Mail) -> Message:
    part = Message()
    part["Content-Type"] = "text/rfc822-headers"
    part.set_payload(
        f"Message-ID: {mail.message['Message-ID']}\nFrom: {mail.sender}\n"
        f"To: {mail.recipient}\nSubject: {mail.message['Subject']}\n"
    )
    return part


def hand_over(to: str, mail: Message, *, host: str, port: int, null_sender: bool) -> None:
    """Give an answer to the product's mail receiver (LMTP, RFC 2033).

    :raises OSError: the receiver is not there, or refuses.
    """
    sender = "" if null_sender else parseaddr(str(mail["From"]))[1]
    with smtplib.LMTP(host, port) as lmtp:
        lmtp.sendmail(sender, [to], mail.as_bytes(policy=policy.SMTP))
