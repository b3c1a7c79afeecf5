"""Exports as vendors write them: which columns become which standard attributes."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.proposal import propose_mapping

SALESFORCE = (
    "Id,FirstName,LastName,Email,Phone,MobilePhone,Birthdate,HasOptedOutOfEmail,CreatedDate,"
    "LeadSource,Account.Name,MailingPostalCode,MailingCountryCode",
    "003Ax01,Ann,Lee,ann@example.com,+16505550100,+16505550101,1980-03-14,false,"
    "2021-01-31T10:11:12.000Z,Web,Acme,02134,US",
    {
        "customer_id": "Id",
        "first_name": "FirstName",
        "last_name": "LastName",
        "email": "Email",
        "mobile": "MobilePhone",
        "u_bd": "Birthdate",
        "moe_unsubscribe": "HasOptedOutOfEmail",
        "created_time": "CreatedDate",
    },
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Last Activity Date,Create Date,"
    "Unsubscribed from all email",
    "5101,Ann,Lee,ann@example.com,+91 88884 44411,Sam Hill,2023-05-06,2022-01-02,true",
    {
        "customer_id": "Record ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "Email",
        "mobile": "Phone Number",
        "last_seen": "Last Activity Date",
        "created_time": "Create Date",
        "moe_unsubscribe": "Unsubscribed from all email",
    },
)
MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LATITUDE,LONGITUDE,CC,LEID,TAGS",
    "ann@example.com,Ann,Lee,2,2020-05-01 00:00:00,12.9716,77.5946,IN,123456,vip",
    {
        "customer_id": "Email Address",
        "email": "Email Address",
        "first_name": "First Name",
        "last_name": "Last Name",
        "created_time": "OPTIN_TIME",
        "moe_geo_location": "LATITUDE",
    },
)
SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Zip,"
    "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags",
    "7012345678901,Ann,Lee,ann@example.com,yes,02134,,+16175550100,no,120.50,3,vip",
    {
        "customer_id": "Customer ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "Email",
        "moe_unsubscribe": "Accepts Email Marketing",
        "mobile": "Phone",
        "revenue": "Total Spent",
        "transactions": "Total Orders",
    },
)
GOOGLE = (
    "Name,Given Name,Family Name,Birthday,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,"
    "Phone 1 - Value",
    "Ann Lee,Ann,Lee,1980-03-04,Work,ann@example.com,Mobile,+91 88884 44411",
    {
        "customer_id": "E-mail 1 - Value",
        "name": "Name",
        "first_name": "Given Name",
        "last_name": "Family Name",
        "u_bd": "Birthday",
        "email": "E-mail 1 - Value",
        "mobile": "Phone 1 - Value",
    },
)
OUTLOOK = (
    "First Name,Last Name,E-mail Address,Mobile Phone,Business Phone,Birthday,Gender",
    "Ann,Lee,ann@example.com,+918888444411,+912212345678,3/14/1980,Female",
    {
        "customer_id": "E-mail Address",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "E-mail Address",
        "mobile": "Mobile Phone",
        "u_bd": "Birthday",
        "gender": "Gender",
    },
)
GERMAN = (
    "Kundennummer,Vorname,Nachname,E-Mail-Adresse,Handynummer,Geburtsdatum,Geschlecht,Newsletter",
    "K-12,Jürgen,Groß,j@example.de,+49 171 3920001,31.01.1980,m,ja",
    {
        "customer_id": "Kundennummer",
        "first_name": "Vorname",
        "last_name": "Nachname",
        "email": "E-Mail-Adresse",
        "mobile": "Handynummer",
        "u_bd": "Geburtsdatum",
        "gender": "Geschlecht",
        "moe_unsubscribe": "Newsletter",
    },
)
INDONESIAN = (
    "ID Pelanggan,Nama Lengkap,Alamat Email,No HP,Tanggal Lahir,Jenis Kelamin",
    "P-01,Budi,budi@example.id,+62 812-3456-7890,17/08/1990,L",
    {
        "customer_id": "ID Pelanggan",
        "name": "Nama Lengkap",
        "email": "Alamat Email",
        "mobile": "No HP",
        "u_bd": "Tanggal Lahir",
        "gender": "Jenis Kelamin",
    },
)
PORTUGUESE = (
    "código do cliente,nome completo,e-mail,celular,data de nascimento,sexo,data de cadastro",
    "C-01,Ana Souza,ana@example.com,+55 11 91234-5678,31/12/1990,feminino,2020-01-31",
    {
        "customer_id": "código do cliente",
        "name": "nome completo",
        "email": "e-mail",
        "mobile": "celular",
        "u_bd": "data de nascimento",
        "gender": "sexo",
        "created_time": "data de cadastro",
    },
)
EXPORTS = {
    "Salesforce": SALESFORCE,
    "HubSpot": HUBSPOT,
    "Mailchimp": MAILCHIMP,
    "Shopify": SHOPIFY,
    "Google contacts": GOOGLE,
    "Outlook": OUTLOOK,
    "German": GERMAN,
    "Indonesian": INDONESIAN,
    "Portuguese": PORTUGUESE,
}


@pytest.mark.parametrize("vendor", EXPORTS)
def test_the_exports_of_vendors_are_understood(tmp_path: Path, vendor: str) -> None:
    header, row, expected = EXPORTS[vendor]
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    found = propose_mapping(path)
    standard = {line.target: line.columns[0] for line in found.lines if line.is_standard}
    assert {"customer_id": found.identity.column, **standard} == expected
    assert found.choices == ()
    assert found.sendable == found.rows == 1
